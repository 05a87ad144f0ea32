# One image for web and worker; the command chooses. Servers are other containers, see docker-compose.yml.
FROM python:3.11.11-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev pkg-config default-libmysqlclient-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt ./
COPY ops/venv ops/venv
RUN ops/venv run servers

FROM python:3.11.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/messenger messenger
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY manage.py ./
COPY messenger messenger
COPY accounts accounts
COPY chat chat
COPY wallets wallets
COPY operations operations
COPY templates templates
COPY static static
COPY locale locale
# HOST is the container's own network: only what the compose file publishes is reached from outside.
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/var/lib/messenger HOST=0.0.0.0 PORT=8000
USER messenger
VOLUME /var/lib/messenger
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "web"]
