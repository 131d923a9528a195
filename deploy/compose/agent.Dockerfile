# L'agent : construit depuis la racine du projet (voir compose.yaml).
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
COPY deploy/requirements.lock /src/requirements.lock
RUN python3 -m venv /opt/standardiste \
    && /opt/standardiste/bin/pip install --no-cache-dir --require-hashes -r /src/requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE /src/
COPY standardiste /src/standardiste
COPY telephony /src/telephony
COPY speech /src/speech
COPY dialog /src/dialog
COPY callbacks /src/callbacks
COPY prompts /src/prompts
COPY bench /src/bench
RUN /opt/standardiste/bin/pip install --no-cache-dir --no-deps /src

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 libatomic1 espeak-ng-data postgresql-client ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 990 standardiste \
    && useradd --system --uid 990 --gid 990 --home-dir /var/lib/standardiste standardiste \
    && install -d -m 700 -o standardiste -g standardiste /var/lib/standardiste /var/backups/standardiste
COPY --from=build /opt/standardiste /opt/standardiste
ENV PATH=/opt/standardiste/bin:$PATH STANDARDISTE_DATA=/var/lib/standardiste
USER standardiste
VOLUME ["/var/lib/standardiste", "/var/backups/standardiste"]
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["standardiste"]
CMD ["serve", "--host", "0.0.0.0"]
