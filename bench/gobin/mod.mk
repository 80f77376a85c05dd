.PHONY: bench-gobin
bench-gobin: mazboot ## time to read esbuild and tsgo (fetched by npm) and list their write barriers
	@bench/gobin/run.sh

.PHONY: bench-trace
bench-trace: mazboot $(K)/mazboot-full.img $(K)/mazboot-full.sym ## what mazboot trace costs the program, in guest instructions
	@bench/gobin/trace.sh
