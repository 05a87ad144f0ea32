# One image for web and worker; the command chooses. Servers are other containers, see docker-compose.yml.
FROM python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d AS build
# Debian's own updates are wanted here, so its packages carry no version.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev pkg-config default-libmysqlclient-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt ./
COPY ops/venv ops/venv
RUN ops/venv run servers
COPY manage.py ./
COPY messenger messenger
COPY accounts accounts
COPY chat chat
COPY wallets wallets
COPY operations operations
COPY console console
COPY templates templates
COPY static static
COPY locale locale
# The root file system may be read-only later: byte code and the files of the pages are made here.
RUN DATA_DIR=/tmp/build STATIC_ROOT=/app/staticfiles .venv/bin/python manage.py collectstatic --noinput \
    && .venv/bin/python -m compileall -q messenger accounts chat wallets operations console \
    && rm -rf /tmp/build .venv/lib/python3.11/site-packages/pip

FROM python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/messenger messenger
WORKDIR /app
COPY --from=build /app /app
# HOST is the container's own network: only what the compose file publishes is reached from outside.
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/var/lib/messenger STATIC_ROOT=/app/staticfiles HOST=0.0.0.0 PORT=8000
USER 10001
VOLUME /var/lib/messenger
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import os; from urllib.request import urlopen; urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=4)"]
CMD ["python", "manage.py", "web"]
