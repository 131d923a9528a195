# Asterisk 22, celui de la version de développement de Debian, avec la configuration du projet.
FROM debian:sid-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 asterisk asterisk-core-sounds-fr-wav asterisk-moh-opsound-wav \
    && rm -rf /var/lib/apt/lists/*
COPY asterisk /opt/standardiste/asterisk
COPY deploy/compose/start-asterisk /usr/local/bin/start-asterisk
ENTRYPOINT ["/usr/local/bin/start-asterisk"]
