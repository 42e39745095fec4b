import dis
dis.dis(lambda a: a + 1)
