"""What many entries say: licences, remedies, and where their addresses begin."""

from __future__ import annotations

LICENCE_OUVERTE = "Licence Ouverte 2.0"
TO_CONFIRM = "à confirmer"

NO_ADDRESS = (
    "Pas d’adresse publique connue pour ce fichier : donnez une copie avec --mirror DOSSIER"
)

# The tests reach no public address: those of GitHub are of repositories that hold the file; the
# others are those that their producers or programs that read them give, and none was tried live.
# Addresses that name a commit always give the same bytes; the others follow their producer.
GITHUB = "https://raw.githubusercontent.com"
SUPERPOSEUR = f"{GITHUB}/anct-carto/superposeur-V2"
