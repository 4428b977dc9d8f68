# Eosin's errands. `make demo` and `make test` are all that a new machine needs.

PREFIX ?= /usr/local

.PHONY: demo build test lint format sample-data sample-models install clean

# Installs what is missing, builds, and opens the sample section that its models were not trained on.
demo: build
	.build/release/eosin

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

# Trains the models of SampleData again: P1 and P2 in training, Q1 held out. A few minutes.
sample-models: build
	mkdir -p SampleData/models .build/sample-models
	.build/release/eosin train encoder SampleData --sections P1,P2 \
	  --output .build/sample-models/encoder.safetensors --force
	for model in thitogene histogene hist2st stnet hist hespotex; do \
	  case $$model in hist|hespotex) sees="--encoder .build/sample-models/encoder.safetensors";; \
	    *) sees=;; esac; \
	  .build/release/eosin train $$model SampleData --preset sample --hold-out Q1 $$sees \
	    --output .build/sample-models/$$model --force && \
	  cp .build/sample-models/$$model/checkpoint.safetensors \
	    SampleData/models/$$model.safetensors || exit 1; \
	done
	.build/release/eosin train ridge SampleData --hold-out Q1 \
	  --output SampleData/models/ridge.safetensors --force

install: build
	install -D .build/release/eosin $(DESTDIR)$(PREFIX)/bin/eosin
	mkdir -p $(DESTDIR)$(PREFIX)/share/eosin
	cp -R SampleData $(DESTDIR)$(PREFIX)/share/eosin/

clean:
	swift package clean
