import logging
log = logging.getLogger("parcel")
