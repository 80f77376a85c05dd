module mazboot/tests/services

go 1.19
