queue = parcel.connect( \
    host='<host>', \
    port=<port>)
