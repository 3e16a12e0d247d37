# syntax=docker/dockerfile:1
# One image for web, live, worker, beat and release; the command chooses. No secret is needed to build it.
FROM node:24-slim AS browser
WORKDIR /src
COPY package.json package-lock.json ./
# Icons and the fonts of documents are read while running; of the icons only the single drawings.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    && find node_modules/lucide-static -mindepth 1 -maxdepth 1 ! -name icons ! -name package.json -exec rm -rf {} +

FROM python:3.12-slim AS packages
COPY requirements.txt .
RUN python -m venv /app/.venv \
    && /app/.venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.12-slim AS static
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY --from=browser /src/node_modules node_modules
COPY . .
RUN NAKSHA_DATA=/tmp/data .venv/bin/python manage.py collectstatic --noinput --verbosity=0 \
    && rm -rf /tmp/data tests bench .ci */tests \
    && .venv/bin/python -m compileall -q accounts availability bookings clients client_area consultants dashboard demo meetings \
        naksha notifications payments public sessions_app

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home naksha && install -d -o naksha -g naksha /data
WORKDIR /app
COPY --from=static /app .
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NAKSHA_MODE=production NAKSHA_DATA=/data HOST=0.0.0.0
USER naksha
VOLUME /data
EXPOSE 8000
CMD ["bin/web"]
