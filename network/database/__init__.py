"""The database: `tables` is the whole schema, `engine` opens it, `migrations` brings an older one up to date."""
