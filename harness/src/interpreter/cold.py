

# Called with: python <this> <descriptor> <file name> [<plan>]
Driver(int(sys.argv[1]), *sys.argv[2:]).run()
