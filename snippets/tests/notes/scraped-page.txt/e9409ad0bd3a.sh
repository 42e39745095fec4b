grep -c ERROR parcel.log
