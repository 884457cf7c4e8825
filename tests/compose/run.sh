#!/usr/bin/env bash
# One claim travels through `docker compose up --build --wait`: an account, a Fedify follower in a container of its own, an asset, the Create that reaches
# it. Needs Docker with Compose v2; ends by removing what it started.      npm run test:compose
set -euo pipefail
cd "$(dirname "$0")/../.."
secrets=$(mktemp -d)
export ARTDAG_SECRETS=$secrets ARTDAG_DOMAIN=gateway:8200 COMPOSE_PROJECT_NAME=artdag-journey
compose() { docker compose -f docker-compose.yml -f tests/compose/docker-compose.journey.yml "$@"; }
trap 'compose down --volumes --remove-orphans >/dev/null 2>&1; rm -rf "$secrets"' EXIT
node infra/make-secrets.mjs "$secrets"
compose up --build --wait
compose exec -T peer node tests/compose/journey.mjs
