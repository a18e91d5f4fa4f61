# SPDX-License-Identifier: Apache-2.0
# Builds Culvert and packs it with a trimmed Java runtime and libbpf.
# The container runs privileged, in the host's network, PID and cgroup namespaces, with /sys/fs/bpf and /run/culvert
# mounted from the host.
FROM eclipse-temurin:25-jdk-noble AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends clang llvm libbpf-dev linux-libc-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN deploy/image/build /culvert

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libbpf1 clang llvm libbpf-dev linux-libc-dev nftables iptables \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /culvert /opt/culvert
ENV CULVERT_IN_CONTAINER=1
ENTRYPOINT ["/opt/culvert/bin/culvert"]
CMD ["agent"]
