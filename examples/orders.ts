// A function to load once and call often: swctl load orders examples/orders.ts
interface Order {
    id: number;
    items: { sku: string; price: number; count?: number }[];
    coupon?: string;
}

const coupons = new Map<string, number>([
    ['SPRING', 0.9],
    ['FRIEND', 0.8],
]);
let loaded = Date.now();

class Total {
    #cents = 0;

    add(price: number, count = 1): this {
        this.#cents += Math.round(price * 100) * count;
        return this;
    }

    get value() {
        return this.#cents / 100;
    }
}

export default async function (order: Order) {
    const total = new Total();
    for (const { price, count } of order.items) total.add(price, count);
    const factor = coupons.get(order.coupon ?? '') ?? 1;
    await null;
    return { id: order.id, total: total.value * factor, loadedBefore: loaded <= Date.now() };
}
