# What differs from run to run in Go's traces. A fault's code and address stay: they tell whether the kernel reported it right.
s/ addr=0x/ addr=@/
s/goroutine [0-9]+( gp=0x[0-9a-f]+ m=[0-9]+( mp=0x[0-9a-f]+)?)?/goroutine N/g
s/0x[0-9a-f]+/0xN/g
s/ addr=@/ addr=0x/
s/\.\.\.[0-9]+ frames elided/...N frames elided/
# A hint of the launcher's, about what Linux has.
/^mazboot: the program made [0-9]+ system calls that the kernel doesn't have; -v names them$/d
