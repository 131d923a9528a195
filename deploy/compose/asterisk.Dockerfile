# Asterisk 22, celui de la version de développement de Debian, avec la configuration du projet.
FROM debian:sid-slim
# Un compte au numéro connu : l'agent est dans son groupe (compose.yaml), pour lire et effacer les messages laissés.
RUN groupadd --system --gid 991 asterisk \
    && useradd --system --uid 991 --gid 991 --home-dir /var/lib/asterisk --shell /usr/sbin/nologin asterisk \
    && apt-get update \
    && apt-get install -y --no-install-recommends python3 asterisk asterisk-core-sounds-fr-wav asterisk-moh-opsound-wav \
    && rm -rf /var/lib/apt/lists/*
COPY asterisk /opt/standardiste/asterisk
COPY deploy/compose/start-asterisk /usr/local/bin/start-asterisk
ENTRYPOINT ["/usr/local/bin/start-asterisk"]
