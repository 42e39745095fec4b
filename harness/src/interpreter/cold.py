

# Called with: python <this> <descriptor> <file name>
Driver(int(sys.argv[1]), sys.argv[2]).run(sys.argv[2])
