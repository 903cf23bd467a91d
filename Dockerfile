# A small image of one static-enough binary: non-root, read-only root file system, data in /data.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --features postgres-tls

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
 && mkdir /data && chown 65532:65532 /data
COPY --from=build /src/target/release/attesta /usr/local/bin/attesta
USER 65532:65532
VOLUME /data
EXPOSE 8080
ENV ATTESTA_DATA_DIR=/data ATTESTA_LISTEN=0.0.0.0:8080
HEALTHCHECK --interval=15s --timeout=3s CMD ["attesta", "healthcheck"]
ENTRYPOINT ["attesta"]
CMD ["serve"]
