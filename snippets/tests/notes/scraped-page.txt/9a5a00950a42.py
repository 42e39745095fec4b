assert logging.INFO < logging.ERROR
