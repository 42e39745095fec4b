line.clear()
