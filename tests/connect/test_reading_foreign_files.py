"""Files as companies send them: encodings, quoting, Excel, bombs."""

import gzip
import io
import sqlite3
import zipfile
from contextlib import closing

import pytest
import xlsxwriter

from orderway.connect.csv_excel.reading import FileMistake, open_rows

HEAD = "po,customer,item,quantity,note\n"


def rows_of(path, **options):
    with open_rows(path, **options) as opened:
        return list(opened.rows)


def write(tmp_path, content: bytes, name="orders.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_text_is_read_in_any_usual_encoding(tmp_path, encoding):
    text = HEAD + "PO-1,华东精密机械有限公司,导轨,5,请于周五前交货\n" * 5
    (first, *_) = rows_of(write(tmp_path, text.encode(encoding)))
    assert first.values["customer"] == "华东精密机械有限公司"
    assert first.values["note"] == "请于周五前交货"


def test_western_text_that_is_not_unicode_is_not_taken_for_chinese(tmp_path):
    text = HEAD + "PO-1,Müller & Söhne Präzision,Größe 5,5,früh für Jürgen\n" * 5
    assert rows_of(write(tmp_path, text.encode("cp1252")))[0].values["customer"] == "Müller & Söhne Präzision"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found_in_the_heading(tmp_path, delimiter):
    text = delimiter.join(["po", "item", "quantity"]) + "\n" + delimiter.join(["1", "A", "5"]) + "\n"
    assert rows_of(write(tmp_path, text.encode()))[0].values == {"po": "1", "item": "A", "quantity": "5"}


def test_a_quotation_mark_that_is_not_closed_is_named_by_row_and_the_rows_before_it_are_read(tmp_path):
    good, bad = rows_of(write(tmp_path, (HEAD + 'PO-1,C1,A,5,x\nPO-2,C1,"A,5,x\nPO-3,C1,A,5,x\n').encode()))
    assert good.values["po"] == "PO-1"
    assert bad.number == 3
    assert "quoting" in bad.problem


def test_a_row_with_too_many_cells_is_named(tmp_path):
    assert "6 cells where the heading has 5" in rows_of(write(tmp_path, (HEAD + "PO-1,C1,A,5,x,y\n").encode()))[0].problem


def test_rows_are_numbered_as_a_spreadsheet_shows_them_and_empty_rows_are_passed_over(tmp_path):
    assert [row.number for row in rows_of(write(tmp_path, (HEAD + "PO-1,C1,A,5,x\n,,,,\nPO-2,C1,A,5,x\n").encode()))] == [2, 4]


def test_gzip_is_known_by_its_content(tmp_path):
    assert rows_of(write(tmp_path, gzip.compress((HEAD + "PO-1,C1,A,5,x\n").encode()), name="data"))[0].values["item"] == "A"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b",,,\n1,2,3,4\n", "no_heading"),
        (b"a,a\n1,2\n", "column_twice"),
        (b"%PDF-1.7\0\0\0" + bytes(range(256)), "not_a_table"),
        (b'"po,item\n', "broken_quoting"),
        ((",".join(f"c{n}" for n in range(600)) + "\n").encode(), "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path, content, code):
    with pytest.raises(FileMistake) as mistake:
        rows_of(write(tmp_path, content))
    assert mistake.value.code == code


def test_a_gzip_bomb_is_refused_before_it_fills_the_memory(tmp_path):
    bomb = gzip.compress(HEAD.encode() + b"0" * 60_000_000)
    with pytest.raises(FileMistake) as mistake:
        rows_of(write(tmp_path, bomb))
    assert mistake.value.code == "too_large"


def test_a_workbook_that_unpacks_to_much_more_is_refused_before_parsing(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 310_000_000)
    with pytest.raises(FileMistake) as mistake:
        rows_of(write(tmp_path, packed.getvalue(), name="orders.xlsx"))
    assert mistake.value.code == "too_large"


def workbook(tmp_path, fill):
    path = tmp_path / "orders.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["po", "item", "quantity"])
    fill(sheet)
    book.close()
    return path


def test_excel_is_read_with_the_values_people_see(tmp_path):
    def fill(sheet):
        sheet.write_row(1, 0, ["PO-1", "A", 5])
        sheet.write_formula(2, 2, "=C2*2", value=10)
        sheet.write_row(2, 0, ["PO-2", "B"])

    first, second = rows_of(workbook(tmp_path, fill))
    assert first.values == {"po": "PO-1", "item": "A", "quantity": "5"}
    assert second.values["quantity"] == "10"


def test_a_formula_without_a_result_is_an_empty_cell_and_never_a_number(tmp_path):
    path = workbook(tmp_path, lambda sheet: (sheet.write_row(1, 0, ["PO-1", "A"]), sheet.write_formula(1, 2, "=1/0", value="#DIV/0!")))
    assert rows_of(path)[0].values["quantity"] == ""


def test_a_million_empty_rows_below_the_table_cost_nothing(tmp_path):
    def fill(sheet):
        sheet.write_row(1, 0, ["PO-1", "A", 5])
        sheet.write_blank(1_000_000, 0, None, None)
        sheet.write_string(1_048_575, 2, "")

    assert len(rows_of(workbook(tmp_path, fill))) == 1


def test_a_zip_of_something_else_is_no_workbook(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("orders.csv", HEAD)
    with pytest.raises(FileMistake, match="Unpack it"):
        rows_of(write(tmp_path, packed.getvalue()))


def test_sqlite_is_read_by_the_query_of_the_mapping_and_never_written(tmp_path):
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table o (po text, quantity int)")
        connection.execute("insert into o values ('PO-1', 5)")
    assert rows_of(path, query="select po, quantity from o")[0].values == {"po": "PO-1", "quantity": "5"}
    with pytest.raises(FileMistake, match="readonly"):
        rows_of(path, query="delete from o returning po")
    with pytest.raises(FileMistake) as mistake:
        rows_of(path)
    assert mistake.value.code == "no_query"
