#!/bin/sh
# acumat, run by root, runs as the user of the service: its files keep one owner, and it has the rights of the service.
# Verbs that change /etc stay root.
export PYTHONPATH=/usr/lib/acumat
case "$(id -u):${1-}" in
@ROOT_CASES@) ;;
0:*)
	if id acumat >/dev/null 2>&1; then
		exec setpriv --reuid=acumat --regid=acumat --init-groups --inh-caps=-all python3 -P -m @MODULE@ "$@"
	fi
	;;
esac
exec python3 -P -m @MODULE@ "$@"
