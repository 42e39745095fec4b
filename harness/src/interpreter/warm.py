# Called with: python <this> <descriptor of the report> <socket> <number of recvmsg>
SERVER = Server(int(sys.argv[2]))
SERVER.prepare()
WORDS = program(SERVER)
LEAVE.start()
Leaver(int(sys.argv[1]), *WORDS).run()
