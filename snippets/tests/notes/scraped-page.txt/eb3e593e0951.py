logging.basicConfig(level=logging.DEBUG, format='%(levelname)s %(message)s')
