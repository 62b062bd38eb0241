# Production dependencies only: no embedded Postgres, no Node of npm's, no dev tools.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/var/lib/tidings
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json NOTICE ./
COPY LICENSES ./LICENSES
COPY migrations ./migrations
COPY templates ./templates
COPY tasks ./tasks
COPY src ./src
# `tidings status` in the container; the sandbox keeps its outbox in the volume
RUN chmod 0755 src/main.ts \
 && ln -s /app/src/main.ts /usr/local/bin/tidings \
 && mkdir -p /var/lib/tidings \
 && chown node:node /var/lib/tidings
VOLUME /var/lib/tidings
USER node
# Healthy while this container's daemon runs, whether its database answers or not: a restart would lose the answers that it
# keeps during an outage. This is what `tidings health` does, without the start of a Node process.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD test -n "$(find "$DATA_DIR/alive-$(hostname)" -newermt '10 seconds ago')"
# Without a shell or npm in between, SIGTERM reaches node itself
CMD ["node", "src/main.ts", "start"]
