"""What isn't the file that its name promises: pages, pointers, orders to GDAL."""

from __future__ import annotations

#: Where an order to open an address would knock: nobody listens there.
NOWHERE = "http://127.0.0.1:9"

ERROR_PAGE = (
    '<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8"><title>Erreur 503</title></head>'
    "\n<body><h1>Service momentanément indisponible</h1><p>Réessayez plus tard.</p></body></html>\n"
)
LFS = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345678\n"
)
VRT = (
    '<OGRVRTDataSource>\n  <OGRVRTLayer name="x">\n'
    "    <SrcDataSource>CSV:/etc/passwd</SrcDataSource>\n    <SrcLayer>passwd</SrcLayer>\n"
    "  </OGRVRTLayer>\n</OGRVRTDataSource>\n"
)
GDALG = (
    '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read CSV:/etc/passwd '
    '! write --of=GeoJSON stdout"}'
)
ESRI_URL = (
    f'{{"url": "{NOWHERE}/arcgis/rest/services/lieux/FeatureServer/0/query?where=1%3D1&f=json", '
    '"type": "Feature Layer", "geometryType": "esriGeometryPoint"}'
)
LAUGHS = (
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [\n <!ENTITY a0 "lol">\n'
    + "".join(f' <!ENTITY a{n} "{f"&a{n - 1};" * 10}">\n' for n in range(1, 10))
    + "]>\n"
)
XXE = '<?xml version="1.0"?>\n<!DOCTYPE k [ <!ENTITY x SYSTEM "file:///etc/passwd"> ]>\n'
