# SPDX-License-Identifier: Apache-2.0
# The agent with a trimmed Java runtime, libbpf, and the clang that `culvert compile` and --bpf-source need.
# Run it privileged, in the host's network, PID and cgroup namespaces, with /sys/fs/bpf, /run/culvert and
# /var/lib/culvert of the host.
FROM eclipse-temurin:25-jdk-noble AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends clang llvm libbpf-dev linux-libc-dev libc6-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN deploy/image/build /opt/culvert

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libbpf1 clang llvm libbpf-dev linux-libc-dev nftables iptables \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/culvert /opt/culvert
LABEL org.opencontainers.image.title="Culvert" \
      org.opencontainers.image.description="Services by eBPF in place of kube-proxy, and the culvert command line" \
      org.opencontainers.image.licenses="Apache-2.0 AND (GPL-2.0-only OR BSD-2-Clause)"
ENTRYPOINT ["/opt/culvert/culvert"]
CMD ["agent"]
