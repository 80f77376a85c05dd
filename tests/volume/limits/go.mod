module limits

go 1.19
