def parcel_name(path)
    return path.split("/")[-1]
