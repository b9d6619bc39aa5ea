-- From the token that was used and this salt its successor can be computed once more, while nobody has used that yet.
ALTER TABLE refresh_tokens ADD COLUMN successor_salt BYTEA;
