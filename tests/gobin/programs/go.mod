module mazboot.test/gobin

go 1.18
