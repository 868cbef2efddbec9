# Two commands do everything on a fresh machine that has Python 3.11 or newer and make: `make demo` and `make test`.
.PHONY: setup demo test check docs bench

setup:
	@scripts/setup

demo: setup
	@.venv/bin/reelwise demo

test: setup
	@scripts/test

check: setup
	@scripts/check

docs: setup
	@scripts/docs

bench: setup
	@scripts/bench
