module mazboot/bench/syscalls

go 1.19
