# The operator's image, with the kubectl plugin beside it: glibc, no shell, no package manager, user 65532. Both bases are arguments, so that a release pins
# them by digest and `make image-test` can put stand-ins in their place. Debian 12 on both sides: the same libc builds and runs.
ARG RUST_IMAGE=rust:1.95-bookworm
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian12:nonroot

FROM ${RUST_IMAGE} AS build
# Set by BuildKit; keeps the build output of two architectures apart.
ARG TARGETARCH
WORKDIR /build
# .dockerignore is the list of what this copies.
COPY . .
# What the manifests name and no build of the operator compiles (the test bed, the benchmark): cargo asks for the files, not
# for what is in them. tests/image/main.rs fails when one is missing here.
RUN mkdir -p tests/bed/src benches && touch tests/bed/src/lib.rs tests/bed/src/main.rs benches/changes.rs benches/discovery.rs benches/fleet.rs benches/policies.rs benches/rows.rs
# Cache mounts keep the registry and the compiled dependencies between builds. Cargo judges by file times, and a source older
# than the last build (another branch, an unpacked archive) would pass for compiled: touching makes the crate itself new.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target,sharing=locked \
    find src -type f -exec touch {} + \
    && cargo build --release --locked --package mcp-schema-operator --bins --target-dir "target/${TARGETARCH:-host}" \
    && install -D -m 0555 "target/${TARGETARCH:-host}/release/mcp-schema-operator" /out/mcp-schema-operator \
    && install -D -m 0555 "target/${TARGETARCH:-host}/release/kubectl-schema" /out/kubectl-schema

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="mcp-schema-operator" \
      org.opencontainers.image.description="Keeps a live, versioned copy of a database's schema inside Kubernetes, read through an MCP server" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /out/mcp-schema-operator /out/kubectl-schema /usr/local/bin/
# A number, not a name: the kubelet's runAsNonRoot check cannot resolve names.
USER 65532:65532
# Probes and metrics.
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/mcp-schema-operator"]
CMD ["run"]
