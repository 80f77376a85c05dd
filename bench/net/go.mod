module mazboot/bench/net

go 1.19
