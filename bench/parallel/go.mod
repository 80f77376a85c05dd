module mazboot/bench/parallel

go 1.19
