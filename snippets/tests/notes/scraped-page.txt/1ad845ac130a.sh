rm -f parcel.log.*
