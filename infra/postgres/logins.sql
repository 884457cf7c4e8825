-- For Kubernetes, where every service logs in as its own role and can become no other. Run it once as an administrator, after the roles exist:
--   psql -v auth_password=… -v identity_password=… -v registry_password=… -v federation_password=… -v bridge_password=… -f logins.sql
ALTER ROLE auth_svc LOGIN PASSWORD :'auth_password';
ALTER ROLE identity_svc LOGIN PASSWORD :'identity_password';
ALTER ROLE registry_svc LOGIN PASSWORD :'registry_password';
ALTER ROLE federation_svc LOGIN PASSWORD :'federation_password';
ALTER ROLE bridge_svc LOGIN PASSWORD :'bridge_password';
