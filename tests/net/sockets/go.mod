module mazboot/tests/net/sockets

go 1.19
