#!/bin/sh
# acumat-site, run by root, runs as the user of the site: keys, certificates and the role of the database are its own.
export PYTHONPATH=/usr/lib/acumat
if [ "$(id -u)" = 0 ] && id acumat-site >/dev/null 2>&1; then
	exec setpriv --reuid=acumat-site --regid=acumat-site --init-groups --inh-caps=-all python3 -P -m firmware.site.main "$@"
fi
exec python3 -P -m firmware.site.main "$@"
