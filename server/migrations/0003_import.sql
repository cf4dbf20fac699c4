-- The keys that customers and bookings have in the CRM from which they are imported. A second
-- import goes by them. Records that came without have none.
ALTER TABLE customers ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX customers_by_external_id ON customers (external_id) WHERE external_id IS NOT NULL;
ALTER TABLE bookings ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX bookings_by_external_id ON bookings (external_id) WHERE external_id IS NOT NULL;
