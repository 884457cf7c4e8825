/** Shell commands from nothing to a first claim, for a reader who has curl, jq and openssl. */
export function firstClaimCommands(publicUrl: string): string {
  return `L2=${publicUrl}

# 1. an account; the answer holds an access token
TOKEN=$(curl -sS "$L2/auth/register" -H 'content-type: application/json' \\
  -d '{"username":"alice","password":"choose-a-long-one"}' | jq -r .access_token)

# 2. the hash of your work, which itself stays where it is
HASH=$(openssl dgst -sha3-256 -r my-video.mp4 | cut -d' ' -f1)

# 3. the claim, signed and logged
curl -sS "$L2/assets" \\
  -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
  -d '{"name":"my-video","content_hash":"'$HASH'","asset_type":"video"}'

# 4. what everybody sees
curl -sS "$L2/assets/my-video"`;
}
