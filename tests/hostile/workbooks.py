"""Workbooks made by hand, part by part, so that every part can be wrong; only what is needed."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADER = ("Booking", "Created", "Day", "Hour", "Customer", "Phone", "Reason")
GOOD = ("B1", "09/03/2026 08:15", "09/04/2026", "08:30", "C1", "600", "brakes")


def row(number: int, *cells: str) -> str:
    """A row of inline texts; a cell that begins with < is XML already."""
    made = [
        cell if cell.startswith("<") else f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells
    ]
    return f'<row r="{number}">{"".join(made)}</row>'


def sheet(rows: str, before: str = "", prolog: str = "") -> str:
    """The XML of a sheet."""
    inside = f"{before}<sheetData>{rows}</sheetData>"
    return f'<?xml version="1.0"?>{prolog}<worksheet xmlns="{_MAIN}">{inside}</worksheet>'


def parts(sheet_xml: str, texts: str = "<si><t>B1</t></si>") -> dict[str, bytes]:
    """All parts of a workbook with this one sheet, and these shared texts."""
    made = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{texts}</sst>',
        "xl/worksheets/sheet1.xml": sheet_xml,
    }
    return {name: text.encode() for name, text in made.items()}


def pack(contents: Mapping[str, bytes]) -> bytes:
    """The parts as a zip archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return packed.getvalue()


def write(folder: Path, sheet_xml: str, **options: str) -> Path:
    """A workbook of bookings."""
    path = folder / "bookings.xlsx"
    path.write_bytes(pack(parts(sheet_xml, **options)))
    return path
