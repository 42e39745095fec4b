pip install parcel-client
