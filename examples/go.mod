module mazboot/examples

go 1.19
