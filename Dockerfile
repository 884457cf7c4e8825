# One build for every image of the suite; `--target <service>` picks the image. Stages are shared, so eight images cost one install and one build.
#   docker build --target gateway -t artdag/gateway .
# A package registry that needs settings: give them as the build secret `npmrc` (docker-compose.yml passes $NPMRC).

FROM node:24-bookworm-slim AS sources
WORKDIR /app
COPY package.json package-lock.json .npmrc README.md ./
COPY packages packages
COPY services services
COPY tests/package.json tests/package.json

FROM sources AS build
ENV TURBO_TELEMETRY_DISABLED=1
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm npm install --no-save --loglevel=error
COPY turbo.json tsconfig.base.json ./
RUN npx turbo run build --output-logs=errors-only

# What runs in production and nothing else: no compilers, no test tools, no embedded PostgreSQL.
FROM sources AS production
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm \
    npm install --no-save --omit=dev --ignore-scripts --loglevel=error \
    --workspace @artdag/gateway --workspace @artdag/auth --workspace @artdag/identity --workspace @artdag/asset-registry \
    --workspace @artdag/federation --workspace @artdag/l1-bridge --workspace @artdag/web --workspace @artdag/database \
    --workspace @artdag/admin-cli
COPY --from=build /app/packages /built/packages
COPY --from=build /app/services /built/services
RUN cd /built && find packages services -type d -name dist -not -path '*/node_modules/*' -prune -exec cp -r --parents {} /app/ \; \
 && rm -rf /app/services/standalone /app/packages/testing /app/packages/bench /app/packages/cli /app/tests

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps
WORKDIR /app
COPY --from=production --chown=root:root /app /app
USER node
STOPSIGNAL SIGTERM
# The same probe for every service; PORT says where it listens.
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=12 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

FROM runtime AS migrate
HEALTHCHECK NONE
CMD ["node", "packages/database/dist/migrate/main.js"]

# docker compose run --rm admin user show giles
FROM runtime AS admin
HEALTHCHECK NONE
ENTRYPOINT ["node", "packages/admin-cli/dist/main.js"]
CMD ["--help"]

FROM runtime AS auth
ENV PORT=7011
EXPOSE 7011
CMD ["node", "services/auth/dist/main.js"]

FROM runtime AS identity
ENV PORT=7021
EXPOSE 7021
CMD ["node", "services/identity/dist/main.js"]

FROM runtime AS asset-registry
ENV PORT=8201
EXPOSE 8201
CMD ["node", "services/asset-registry/dist/main.js"]

FROM runtime AS federation
ENV PORT=8202
EXPOSE 8202
CMD ["node", "services/federation/dist/main.js"]

FROM runtime AS l1-bridge
ENV PORT=8203
EXPOSE 8203
CMD ["node", "services/l1-bridge/dist/main.js"]

# The client, which web hands out and does not run.
FROM runtime AS web
COPY --from=build --chown=root:root /app/packages/cli/dist/artdag-client.tar.gz packages/cli/dist/
ENV PORT=8204
EXPOSE 8204
CMD ["node", "services/web/dist/main.js"]

FROM runtime AS gateway
ENV PORT=8200
EXPOSE 8200
CMD ["node", "services/gateway/dist/main.js"]
