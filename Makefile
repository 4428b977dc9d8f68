# Eosin's errands. `make demo` and `make test` are all that a new machine needs.

PREFIX ?= /usr/local

.PHONY: demo build test lint format sample-data install clean

# Installs what is missing, builds, fits the baseline to two sample sections and opens the third.
demo: build
	.build/release/eosin train ridge SampleData --hold-out Q1 --output .build/ridge.safetensors --force
	.build/release/eosin view SampleData --section Q1 --model Ridge=.build/ridge.safetensors

build:
	.ci/setup
	swift build -c release --product eosin

# Installs what is missing and runs the tests.
test:
	.ci/setup test
	swift test

lint:
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks/Sources Benchmarks/Package.swift

format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks/Sources Benchmarks/Package.swift

# Makes SampleData again; the seed is in the generator, so nothing changes.
sample-data:
	swift run -c release make-sample-data SampleData

install: build
	install -D .build/release/eosin $(DESTDIR)$(PREFIX)/bin/eosin
	mkdir -p $(DESTDIR)$(PREFIX)/share/eosin
	cp -R SampleData $(DESTDIR)$(PREFIX)/share/eosin/

clean:
	swift package clean
