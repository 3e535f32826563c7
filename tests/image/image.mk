# Included by the Makefile: builds the image from the Dockerfile and runs it, without an image registry.
.PHONY: image-test
image-test: ## Build the image on stand-in bases, check it, run it (root, Debian packages; first time ~15 min)
	tests/image/image-test.sh
