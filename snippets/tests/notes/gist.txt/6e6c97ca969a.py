connect(key=<your key>, port=8080)
