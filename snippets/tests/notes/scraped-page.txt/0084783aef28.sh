tail -n 20 parcel.log
