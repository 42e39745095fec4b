pip install  parcel-queue
