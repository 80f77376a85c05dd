.PHONY: bench-gobin
bench-gobin: mazboot ## time to read esbuild and tsgo (fetched by npm) and list their write barriers
	@bench/gobin/run.sh
